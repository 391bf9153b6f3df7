/**
 * Guards: what makes a resource refuse a holder that has been succeeded.
 *
 * <p>Read {@link io.holdfast.fence.FenceGuard} first. {@link io.holdfast.fence.JdbcFence} guards
 * what lies in a database; what lies in the coordination store itself is guarded by {@link
 * io.holdfast.lock.LockGrant#guard}; {@link io.holdfast.fence.FenceHeader} carries a token to a
 * service that has a guard of its own.
 */
@NullMarked
package io.holdfast.fence;

import org.jspecify.annotations.NullMarked;
