/**
 * What clients did and what came of it: events, operations, and the file they are kept in.
 *
 * <p>Begin with {@link io.holdfast.testkit.history.Recorder} to write a history and {@link
 * io.holdfast.testkit.history.History} to read one. What a history means is said by the models of
 * {@code io.holdfast.testkit.check}.
 */
@NullMarked
package io.holdfast.testkit.history;

import org.jspecify.annotations.NullMarked;
