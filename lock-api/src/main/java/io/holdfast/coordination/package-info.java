/**
 * An application's connection to a cluster.
 *
 * <p>Read {@link io.holdfast.coordination.Coordinator} first. Applications use it, its options and
 * the exceptions; the rest is for authors of recipes and backends. A coordinator works on the
 * primitives of {@link io.holdfast.spi.Session}. They rest on one idea: the cluster gives every
 * change a position in one order, {@link io.holdfast.coordination.Revision}.
 */
@NullMarked
package io.holdfast.coordination;

import org.jspecify.annotations.NullMarked;
