package io.holdfast.spi;

import io.holdfast.coordination.Revision;

/**
 * A transaction that took effect.
 *
 * @param revision its place in the cluster's order; the {@code modified} revision of all it put
 */
public record Committed(Revision revision) {}
