/**
 * Distributed locks with fencing tokens.
 *
 * <p>Start at {@link io.holdfast.lock.Locks}, which gives exclusive and read-write locks,
 * semaphores, and several of them as one; hold a {@link io.holdfast.lock.LockGrant}; and have the
 * guarded resource check its {@link io.holdfast.lock.FencingToken}, for no lock alone can keep a
 * paused process from acting late. The recipe, written once for every backend and every mode, is
 * {@code Acquisition}; who may hold together, {@code Admission} decides.
 */
@NullMarked
package io.holdfast.lock;

import org.jspecify.annotations.NullMarked;
