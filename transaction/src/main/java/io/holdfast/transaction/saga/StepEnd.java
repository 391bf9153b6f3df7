package io.holdfast.transaction.saga;

import java.time.Instant;

/**
 * A step, or a compensation, that has ended.
 *
 * @param step its name
 * @param direction which of the two
 * @param done false if it was refused
 * @param text its result, or why it was refused
 * @param attempts how many calls it took
 * @param ended when
 */
public record StepEnd(
    String step, Direction direction, boolean done, String text, int attempts, Instant ended) {}
