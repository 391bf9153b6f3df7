/** For the participants of this project only. */
@NullMarked
package io.holdfast.transaction.internal;

import org.jspecify.annotations.NullMarked;
