/**
 * Resources that speak X/Open's XA as participants: databases, queues. Read {@link
 * io.holdfast.transaction.xa.XaParticipant} first.
 */
@NullMarked
package io.holdfast.transaction.xa;

import org.jspecify.annotations.NullMarked;
