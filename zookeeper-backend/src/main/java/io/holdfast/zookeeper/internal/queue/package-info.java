/**
 * Places in queues: joins, leaves, listings and waits. Private to this module.
 *
 * <p>Read {@link io.holdfast.zookeeper.internal.queue.Queues} first, then {@code Join}, which takes
 * the places. {@link io.holdfast.zookeeper.internal.queue.QueueNode} says what a place's node is
 * called, so that Curator's locks understand it. The rule who may hold a lock is not here, but in
 * {@code lock-api}.
 */
@NullMarked
package io.holdfast.zookeeper.internal.queue;

import org.jspecify.annotations.NullMarked;
