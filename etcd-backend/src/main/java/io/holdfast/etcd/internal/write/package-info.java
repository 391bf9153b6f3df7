/**
 * Writes that can lose their reply: batches of them, and the transactions of applications. Private
 * to this module.
 *
 * <p>Read {@link io.holdfast.etcd.internal.write.GuardedWriter} first: it settles a write whose
 * reply was lost. {@link io.holdfast.etcd.internal.write.CommitPlan} makes one write of a
 * transaction.
 */
@NullMarked
package io.holdfast.etcd.internal.write;

import org.jspecify.annotations.NullMarked;
