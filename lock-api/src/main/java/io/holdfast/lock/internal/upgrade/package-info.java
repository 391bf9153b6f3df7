/** A hold for reading that becomes one for writing. Private to this module. */
@NullMarked
package io.holdfast.lock.internal.upgrade;

import org.jspecify.annotations.NullMarked;
