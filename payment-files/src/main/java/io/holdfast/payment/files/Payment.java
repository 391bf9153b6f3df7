package io.holdfast.payment.files;

import java.util.HexFormat;

/**
 * One credit transfer of a checked file, as the node is asked for it.
 *
 * @param index its place in the file, from 0
 * @param endToEndId what debtor and creditor call it
 * @param key the idempotency key; the same whenever the same file is paid
 * @param from the debtor's account at the ledger
 * @param to the creditor's
 * @param amount in minor units
 * @param currency ISO 4217 code
 */
record Payment(
    int index,
    String endToEndId,
    String key,
    String from,
    String to,
    long amount,
    String currency) {

  /**
   * The key of a payment: by the names that the file gives it and nothing else, so that a repaired
   * or re-sorted file cannot pay it again.
   *
   * @param sameIds how many payments with the same three names come before it
   */
  static String key(String messageId, String paymentInfoId, String endToEndId, int sameIds) {
    byte[] hash =
        Hashes.of("pain.001", messageId, paymentInfoId, endToEndId, Integer.toString(sameIds));
    return "pain." + HexFormat.of().formatHex(hash);
  }
}
