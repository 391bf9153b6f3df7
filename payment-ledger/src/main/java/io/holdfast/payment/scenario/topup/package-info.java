/**
 * Card top-ups: a customer's card is charged by an acquirer outside, and the account is credited
 * when the acquirer has said so. Read {@link TopUp} first, then {@link TopUpWork}.
 */
@NullMarked
package io.holdfast.payment.scenario.topup;

import org.jspecify.annotations.NullMarked;
