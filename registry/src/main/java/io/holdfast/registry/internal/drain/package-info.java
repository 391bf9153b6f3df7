/**
 * How a drain learns that no view offers an instance any more. Views announce themselves and
 * acknowledge ({@link io.holdfast.registry.internal.view.ViewAnnouncements}); a drain waits for
 * them ({@link io.holdfast.registry.internal.drain.Drain}). For this module only.
 */
@NullMarked
package io.holdfast.registry.internal.drain;

import org.jspecify.annotations.NullMarked;
