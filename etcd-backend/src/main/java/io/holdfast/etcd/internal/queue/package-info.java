/**
 * Places in queues: joins, leaves, listings and waits. Private to this module.
 *
 * <p>Read {@link io.holdfast.etcd.internal.queue.Joins} first, then {@code JoinBatch} and {@code
 * Join}, which make the places. {@link io.holdfast.etcd.internal.queue.Queues} lists a queue, and
 * {@link io.holdfast.etcd.internal.queue.QueueReader} reads it for the waits. The rule who may hold
 * a lock is not here, but in {@code lock-api}.
 */
@NullMarked
package io.holdfast.etcd.internal.queue;

import org.jspecify.annotations.NullMarked;
