/**
 * The DNS door: answers for one zone out of the registry, over UDP and TCP. Start at {@link
 * io.holdfast.gateway.dns.DnsServer}; {@code Zone} says which names there are, {@code
 * ResponseWriter} how an answer is put into a message.
 *
 * <p>The messages are read and written here, not by a library: a question is echoed byte by byte,
 * names are compressed, and an answer is cut to what its transport can carry.
 */
@NullMarked
package io.holdfast.gateway.dns;

import org.jspecify.annotations.NullMarked;
