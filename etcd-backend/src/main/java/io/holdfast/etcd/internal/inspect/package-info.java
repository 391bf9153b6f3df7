/**
 * What is looked at besides the work: server versions, the doctor's findings, and access without a
 * login. Private to this module.
 *
 * <p>Read {@link io.holdfast.etcd.internal.inspect.Examination} first. Nothing here is needed to
 * hold a lock.
 */
@NullMarked
package io.holdfast.etcd.internal.inspect;

import org.jspecify.annotations.NullMarked;
