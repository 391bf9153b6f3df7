/** What the parts of this module share. Nobody else. */
@NullMarked
package io.holdfast.spring.internal;

import org.jspecify.annotations.NullMarked;
