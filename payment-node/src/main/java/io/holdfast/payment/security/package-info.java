/**
 * Who calls, whether they may, and how often: start with {@link
 * io.holdfast.payment.security.Authentication}. Knows nothing of the HTTP interface's own types,
 * which turns a {@link io.holdfast.payment.security.Denial} into a problem.
 */
@NullMarked
package io.holdfast.payment.security;

import org.jspecify.annotations.NullMarked;
