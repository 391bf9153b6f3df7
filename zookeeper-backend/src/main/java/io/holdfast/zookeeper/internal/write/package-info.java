/**
 * Writes that can lose their reply: batches of them, the transactions of applications, and the
 * heartbeat. Private to this module.
 *
 * <p>Read {@link io.holdfast.zookeeper.internal.write.GuardedWriter} first: it settles a write
 * whose reply was lost. {@link io.holdfast.zookeeper.internal.write.Commits} makes writes of
 * transactions. {@link io.holdfast.zookeeper.internal.write.Heartbeat} writes when nothing else is
 * written, so that the session stays proven.
 */
@NullMarked
package io.holdfast.zookeeper.internal.write;

import org.jspecify.annotations.NullMarked;
