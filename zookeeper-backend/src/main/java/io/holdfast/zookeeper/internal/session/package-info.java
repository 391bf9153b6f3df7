/**
 * Until when a session is known to live, and the node that shows it. Private to this module.
 *
 * <p>Read {@link io.holdfast.zookeeper.internal.session.ProofOfLife} first: it is the arithmetic of
 * what replies prove. {@link io.holdfast.zookeeper.internal.session.ProvenLife} applies it to a
 * session. {@link io.holdfast.zookeeper.internal.session.Presence} is the node that every write
 * checks. The session itself is {@code ZooKeeperSession}, in the front.
 */
@NullMarked
package io.holdfast.zookeeper.internal.session;

import org.jspecify.annotations.NullMarked;
