/**
 * Whether a history can have happened: a linearizability checker and the models it goes by.
 *
 * <p>Begin with {@link io.holdfast.chaos.check.HistoryCheck}, which judges a whole history; {@link
 * io.holdfast.chaos.check.Linearizability} judges one partition by one {@link
 * io.holdfast.chaos.check.Model}.
 */
@NullMarked
package io.holdfast.chaos.check;

import org.jspecify.annotations.NullMarked;
