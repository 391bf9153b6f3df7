/**
 * What is asked of the servers besides the work: their own words about themselves, the doctor's
 * findings, and access without a login. Private to this module.
 *
 * <p>Read {@link io.holdfast.zookeeper.internal.inspect.Examination} first. A session asks {@link
 * io.holdfast.zookeeper.internal.inspect.FourLetterWords} only how long a server's tick is.
 */
@NullMarked
package io.holdfast.zookeeper.internal.inspect;

import org.jspecify.annotations.NullMarked;
