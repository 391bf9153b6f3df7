/**
 * Where keys are in ZooKeeper, the names in queues, and watches. Private to this module.
 *
 * <p>Read {@link io.holdfast.zookeeper.internal.read.Paths} first, then {@link
 * io.holdfast.zookeeper.internal.read.DeletionWatches}, which waits until a node is gone, and
 * {@link io.holdfast.zookeeper.internal.read.Watches}, which follows a directory.
 */
@NullMarked
package io.holdfast.zookeeper.internal.read;

import org.jspecify.annotations.NullMarked;
