/**
 * Distributed locks with fencing tokens.
 *
 * <p>Start at {@link io.holdfast.lock.Locks}; hold a {@link io.holdfast.lock.LockGrant}; and have
 * the guarded resource check its {@link io.holdfast.lock.FencingToken}, for no lock alone can keep
 * a paused process from acting late. The recipe, written once for every backend, is {@code
 * Acquisition}.
 */
@NullMarked
package io.holdfast.lock;

import org.jspecify.annotations.NullMarked;
