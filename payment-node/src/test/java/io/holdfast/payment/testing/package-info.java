/** What the tests of this module share. */
@NullMarked
package io.holdfast.payment.testing;

import org.jspecify.annotations.NullMarked;
