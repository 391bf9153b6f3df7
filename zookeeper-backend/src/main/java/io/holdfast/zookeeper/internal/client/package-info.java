/**
 * The connection to ZooKeeper: the handle, requests and replies, refusals, TLS and logins. Private
 * to this module.
 *
 * <p>Read {@link io.holdfast.zookeeper.internal.client.Connection} first: all requests go through
 * it. The handle comes from an {@link io.holdfast.zookeeper.internal.client.OwnClient} or an {@link
 * io.holdfast.zookeeper.internal.client.ApplicationClient}. This room knows nothing of queues and
 * keys.
 */
@NullMarked
package io.holdfast.zookeeper.internal.client;

import org.jspecify.annotations.NullMarked;
