/**
 * The primitives that every recipe stands on, and the entry to a cluster.
 *
 * <p>Read {@link io.holdfast.coordination.Coordinator} first (what an application opens), then
 * {@link io.holdfast.spi.Session} (what a backend supplies and recipes use). Everything rests on
 * one idea: the cluster gives every change a place in one order, {@link
 * io.holdfast.coordination.Revision}.
 *
 * <p>Applications use {@code Coordinator}, its options and the exceptions. The rest is for recipe
 * and backend authors.
 */
@NullMarked
package io.holdfast.coordination;

import org.jspecify.annotations.NullMarked;
