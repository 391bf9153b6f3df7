/** What a {@code Coordinator} is made of. Private to this module. */
@NullMarked
package io.holdfast.coordination.internal;

import org.jspecify.annotations.NullMarked;
