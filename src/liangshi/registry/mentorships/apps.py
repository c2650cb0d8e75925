from liangshi.foundation.base.rooms import Room


class MentorshipsConfig(Room):
    name = "liangshi.registry.mentorships"
    label = "mentorships"

    def ready(self) -> None:
        super().ready()
        from liangshi.foundation.base.triggers import guarded
        from liangshi.registry.mentorships.triggers import GUARDS

        guarded(self, GUARDS, so_what="。请运行 liangshi migrate 补上。", speak_of_others=True)
