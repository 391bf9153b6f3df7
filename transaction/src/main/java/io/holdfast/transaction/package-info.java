/**
 * Distributed commit whose decision is one compare-and-set in the coordination service. Nothing
 * public yet.
 */
@NullMarked
package io.holdfast.transaction;

import org.jspecify.annotations.NullMarked;
