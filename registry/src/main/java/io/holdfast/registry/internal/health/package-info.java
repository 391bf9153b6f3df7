/** Runs the health checks of this process's own instances. For this module only. */
@NullMarked
package io.holdfast.registry.internal.health;

import org.jspecify.annotations.NullMarked;
