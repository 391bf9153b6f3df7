/**
 * Services of the registry as targets of gRPC channels: {@code holdfast:///payment}. Read {@link
 * io.holdfast.grpc.RegistryNameResolverProvider} first. For applications that make channels.
 */
@NullMarked
package io.holdfast.grpc;

import org.jspecify.annotations.NullMarked;
