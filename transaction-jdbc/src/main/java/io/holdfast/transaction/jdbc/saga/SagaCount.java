package io.holdfast.transaction.jdbc.saga;

import io.holdfast.transaction.saga.SagaState;
import java.time.Instant;

/**
 * Sagas of one version of a definition that stand alike.
 *
 * @param definition its name
 * @param version its number
 * @param state how they stand
 * @param count how many
 * @param oldest when the oldest of them was started
 */
public record SagaCount(
    String definition, int version, SagaState state, long count, Instant oldest) {}
