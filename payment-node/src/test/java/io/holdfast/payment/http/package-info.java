/** Tests of the HTTP interface. */
@NullMarked
package io.holdfast.payment.http;

import org.jspecify.annotations.NullMarked;
