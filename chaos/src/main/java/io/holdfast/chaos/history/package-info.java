/**
 * What clients did and what came of it: events, operations, and the file they are kept in.
 *
 * <p>Begin with {@link io.holdfast.chaos.history.Recorder} to write a history and {@link
 * io.holdfast.chaos.history.History} to read one. What a history means is said by the models of
 * {@code io.holdfast.chaos.check}.
 */
@NullMarked
package io.holdfast.chaos.history;

import org.jspecify.annotations.NullMarked;
