/**
 * Distributed locks with fencing tokens.
 *
 * <p>Start at {@link io.holdfast.lock.Locks}, which gives exclusive and read-write locks,
 * semaphores, and several of them as one. A hold is a {@link io.holdfast.lock.LockGrant}. The
 * guarded resource must check its {@link io.holdfast.lock.FencingToken}, because a lock alone
 * cannot stop a paused process from acting late. {@code Acquisition} is the recipe, written once
 * for every backend and every mode. {@code Admission} decides who may hold together.
 */
@NullMarked
package io.holdfast.lock;

import org.jspecify.annotations.NullMarked;
