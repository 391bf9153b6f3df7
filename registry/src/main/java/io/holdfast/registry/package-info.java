/**
 * Service registration and discovery.
 *
 * <p>Read {@link io.holdfast.registry.Registry} first: it publishes a {@link
 * io.holdfast.registry.ServiceInstance} and keeps it published ({@link
 * io.holdfast.registry.Registration}), and shows who else is there ({@link
 * io.holdfast.registry.ServiceView}, whose {@link io.holdfast.registry.ServiceSnapshot} costs one
 * volatile read). {@link io.holdfast.registry.HealthCheck} drives an instance's status, {@link
 * io.holdfast.registry.Protection} says what a view does when many vanish at once, {@link
 * io.holdfast.registry.RegistryOptions#withCache} lets a process start while the cluster is down,
 * and {@link io.holdfast.registry.EpochCheck} lets a callee refuse what was meant for its
 * predecessor. Any application may call it; load balancing over a view lives in {@code
 * io.holdfast.loadbalancer}, what operators do to other processes' instances in {@code
 * io.holdfast.registry.admin}.
 *
 * <p>In the store an instance is the key {@code services/<service>/<id>}, which lives as long as
 * its process's session and holds one JSON object: see {@link io.holdfast.registry.ServiceInstance}
 * for the fields. Two permanent keys may be beside it: {@code <id>~override}, a status that an
 * operator set, and {@code <id>~left}, a goodbye. One for all, {@code ~swept}, says which goodbyes
 * are no longer there.
 */
@NullMarked
package io.holdfast.registry;

import org.jspecify.annotations.NullMarked;
