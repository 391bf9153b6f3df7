/**
 * What the rooms of the registry share: threads, waits, pauses between tries. For this module only.
 */
@NullMarked
package io.holdfast.registry.internal;

import org.jspecify.annotations.NullMarked;
