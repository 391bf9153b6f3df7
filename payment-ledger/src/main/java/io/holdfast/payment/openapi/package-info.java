/**
 * What can be asked of a ledger, as an OpenAPI document for clients and their generators. Begin
 * with {@link io.holdfast.payment.openapi.OpenApi}.
 */
@NullMarked
package io.holdfast.payment.openapi;

import org.jspecify.annotations.NullMarked;
