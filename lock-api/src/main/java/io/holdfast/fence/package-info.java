/**
 * Fences: a resource refuses the writes of an earlier holder.
 *
 * <p>Read {@link io.holdfast.fence.FenceGuard} first. {@link io.holdfast.fence.JdbcFence} guards
 * rows of a database. {@link io.holdfast.lock.LockGrant#guard} guards writes to the coordination
 * store itself. {@link io.holdfast.fence.FenceHeader} carries a token to a service that has its own
 * guard.
 */
@NullMarked
package io.holdfast.fence;

import org.jspecify.annotations.NullMarked;
