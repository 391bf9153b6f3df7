/**
 * How a drain knows that no view offers an instance any more: views announce themselves and
 * acknowledge ({@link io.holdfast.registry.internal.drain.ViewAnnouncements}), a drain waits for
 * them ({@link io.holdfast.registry.internal.drain.Drain}). For this module only.
 */
@NullMarked
package io.holdfast.registry.internal.drain;

import org.jspecify.annotations.NullMarked;
