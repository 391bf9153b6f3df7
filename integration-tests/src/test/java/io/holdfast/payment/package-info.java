/** Nodes of which tests change something. */
@NullMarked
package io.holdfast.payment;

import org.jspecify.annotations.NullMarked;
