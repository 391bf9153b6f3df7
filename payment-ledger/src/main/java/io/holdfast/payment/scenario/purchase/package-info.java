/**
 * Online payment: a merchant makes a checkout, a payer authorises it, the merchant captures,
 * cancels or refunds, and once a day what was captured is settled. Read {@link
 * io.holdfast.payment.scenario.purchase.PurchaseScenario} first.
 */
@NullMarked
package io.holdfast.payment.scenario.purchase;

import org.jspecify.annotations.NullMarked;
