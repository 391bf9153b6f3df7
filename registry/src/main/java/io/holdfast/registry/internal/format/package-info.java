/**
 * Holdfast's own format of instances, and its limits. Foreign formats are in {@code
 * io.holdfast.registry.format}. For this module only.
 */
@NullMarked
package io.holdfast.registry.internal.format;

import org.jspecify.annotations.NullMarked;
