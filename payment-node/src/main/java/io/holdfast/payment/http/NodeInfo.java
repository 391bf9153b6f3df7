package io.holdfast.payment.http;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the HTTP interface says of its node, and how long it looks for another one.
 *
 * @param id the node's name
 * @param status how it stands, asked at every call
 * @param notReady why it takes no new requests; empty if it does; asked at every call
 * @param forwardBudget how long a request may look for its owner
 * @param nanoTime a monotonic clock as {@link System#nanoTime} is, by which requests expire
 */
public record NodeInfo(
    String id,
    Supplier<String> status,
    Supplier<Optional<String>> notReady,
    Duration forwardBudget,
    LongSupplier nanoTime) {}
