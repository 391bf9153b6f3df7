/**
 * Webhooks: the events of an account are posted to its owner's server, signed, in order, until it
 * has them. Read {@link io.holdfast.payment.webhook.WebhookRelay} first; receivers need {@link
 * io.holdfast.payment.webhook.WebhookSignature} only.
 */
@NullMarked
package io.holdfast.payment.webhook;

import org.jspecify.annotations.NullMarked;
