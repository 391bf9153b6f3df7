/**
 * Formats of other registries, for a {@link io.holdfast.registry.Registry} that shares a fleet with
 * them.
 *
 * <p>{@link io.holdfast.registry.format.CuratorFormat} is that of Curator's x-discovery and of
 * Spring Cloud Zookeeper; {@link io.holdfast.registry.format.EtcdEndpointsFormat} that of etcd's Go
 * client. Give one to the registry's constructor.
 */
@NullMarked
package io.holdfast.registry.format;

import org.jspecify.annotations.NullMarked;
