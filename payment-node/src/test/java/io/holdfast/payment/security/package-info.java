/** Tests of who may call, and how often. */
@NullMarked
package io.holdfast.payment.security;

import org.jspecify.annotations.NullMarked;
