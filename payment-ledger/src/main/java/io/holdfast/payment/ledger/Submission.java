package io.holdfast.payment.ledger;

/**
 * A request that the cluster makes by itself, as {@link Caller#SYSTEM}.
 *
 * @param operation what
 * @param request how
 * @param key the same whenever it is the same request, so that it has one effect
 */
public record Submission<R extends Record>(Operation<R> operation, R request, IdempotencyKey key) {}
