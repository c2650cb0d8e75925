from liangshi.foundation.base.rooms import Room


class MentorshipsConfig(Room):
    name = "liangshi.registry.mentorships"
    label = "mentorships"
