package io.holdfast.payment.files;

import java.math.BigDecimal;
import java.util.List;

/**
 * What is known of a file after the pass that checks it.
 *
 * @param version of the message
 * @param messageName as in its namespace, such as {@code pain.001.001.03}
 * @param messageId what its sender calls it; empty if it has none
 * @param messageIdLine where that is
 * @param number how many transactions there are
 * @param sum of their amounts, whatever the currencies
 * @param numberOfInfo how many transactions each payment information block has
 */
record CheckedFile(
    PainVersion version,
    String messageName,
    String messageId,
    long messageIdLine,
    int number,
    BigDecimal sum,
    List<Integer> numberOfInfo) {}
