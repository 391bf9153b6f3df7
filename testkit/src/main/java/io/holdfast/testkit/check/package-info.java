/**
 * Whether a history can have happened: a linearizability checker and the models it goes by.
 *
 * <p>Begin with {@link io.holdfast.testkit.check.HistoryCheck}, which judges a whole history;
 * {@link io.holdfast.testkit.check.Linearizability} judges one partition by one {@link
 * io.holdfast.testkit.check.Model}.
 */
@NullMarked
package io.holdfast.testkit.check;

import org.jspecify.annotations.NullMarked;
