/**
 * Locks for code written for Curator's recipes, over the Curator client that the application has.
 * Read {@link io.holdfast.curator.CuratorLocks} first.
 */
@NullMarked
package io.holdfast.curator;

import org.jspecify.annotations.NullMarked;
