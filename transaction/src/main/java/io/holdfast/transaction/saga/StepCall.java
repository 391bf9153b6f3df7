package io.holdfast.transaction.saga;

import io.holdfast.lock.FencingToken;
import java.time.Duration;
import java.util.Map;

/**
 * One call of a step.
 *
 * @param saga its id
 * @param step its name
 * @param direction forward, or its compensation
 * @param key the same at every call of this step in this direction, and of no other: what the step
 *     is idempotent by
 * @param token of who calls; greater than that of everybody who called before. A resource that
 *     compares it refuses the late call of one who was succeeded
 * @param attempt the how-manieth call since it was begun or resumed, from 1
 * @param timeout how long it may take
 * @param input what the saga was started with
 * @param results of the steps that are done, by name; in a compensation that of the step itself too
 */
public record StepCall(
    String saga,
    String step,
    Direction direction,
    String key,
    FencingToken token,
    int attempt,
    Duration timeout,
    String input,
    Map<String, String> results) {}
