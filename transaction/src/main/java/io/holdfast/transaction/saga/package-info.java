/**
 * Work in steps that are each committed by themselves, with a compensation for each, carried to one
 * of two ends, whichever process dies meanwhile.
 *
 * <p>Read {@link io.holdfast.transaction.saga.Sagas} first: what runs them, and what it promises.
 * {@link io.holdfast.transaction.saga.SagaDefinition} is what an application writes; where a saga
 * stands is kept in a {@link io.holdfast.transaction.saga.SagaStore}, of which module {@code
 * transaction-jdbc} has one.
 */
@NullMarked
package io.holdfast.transaction.saga;

import org.jspecify.annotations.NullMarked;
